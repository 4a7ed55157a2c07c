"""The content keys of one plan: of each of its reports, and of the Board page over them."""

from __future__ import annotations

from hwb_analysis.reports.beside import earlier_digest
from hwb_analysis.reports.content import content_key, data_of, file_digests, library_digest
from hwb_analysis.reports.manifest import PageState, RunRecord
from hwb_analysis.reports.plan import Plan, Task


class Keys:
    """The content keys of a plan: of each report, and of the Board page over them."""

    def __init__(self, plan: Plan) -> None:
        self.inputs = file_digests(plan.inputs)
        self.formats = sorted(plan.options.formats)
        self.common = content_key(
            library=library_digest(),
            data=data_of(self.inputs),
            snapshot=plan.snapshot.name,
            product=plan.product,
            titles=dict(plan.titles),
        )
        self.reports = {slug: self._report(task, plan) for slug, task in plan.tasks.items()}

    def _report(self, task: Task, plan: Plan) -> str:
        name = f"notebooks/{task.notebook.name}" if task.notebook else ""
        writer = task.writer
        texts = {n: d for n, d in self.inputs.items() if n.startswith(f"text/{task.slug}/")}
        compared = task.parameters.get("audience") == "highlight"
        return content_key(
            common=self.common,
            notebook=self.inputs.get(name, ""),
            writer=f"{writer.__module__}.{writer.__qualname__}" if writer else "",
            slug=task.slug,
            title=task.title,
            parameters=dict(task.parameters),
            texts=texts,
            earlier=earlier_digest(plan.environment, task.slug) if compared else "",
            formats=self.formats,
        )

    def board(self, record: RunRecord) -> str:
        """Return the key of the Board page: what it shows of each report, and the data."""
        # Which run made a page is not shown where the page is what this run would make.
        kept = (PageState.KEPT, PageState.STUB)
        state = {
            r.slug: [r.page.value, r.updated, *sorted(r.outputs)]
            if r.page in kept
            else r.page is PageState.NONE
            for r in record.reports
        }
        return content_key(
            common=self.common, parameters=record.parameters, states=state, formats=self.formats
        )
