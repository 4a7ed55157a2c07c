"""How Sphinx builds the site."""

from importlib.metadata import version as _version

project = "hwb-analysis"
author = "hwb-analysis contributors"
release = _version("hwb-analysis")
language = "en-GB"
# Two dashes in the name of a repository or an option are two dashes.
smartquotes = False

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["images/README.md"]
templates_path: list[str] = []

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "dollarmath"]
# Two classes of one name in two modules make a short annotation ambiguous, and a CSV in a page
# has no lexer; neither is a fault.
suppress_warnings = ["ref.python", "misc.highlighting_failure"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_type_aliases = {"ArrayLike": "ArrayLike", "FloatArray": "FloatArray"}
autodoc_default_options = {"members": True}
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"hwb-analysis {release}"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#12436D",
        "color-brand-content": "#12436D",
        "font-stack": "system-ui, -apple-system, 'Segoe UI', Arial, sans-serif",
    },
}
