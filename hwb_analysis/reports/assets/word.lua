-- From the page to Word: quiet lines and turned tables get what pandoc's writer looks for.

local styles = { ["figure-note"] = "Figure Note", ["table-note"] = "Figure Note" }
styles["small"] = "Figure Note"

-- Replaced by the true end of a section once the file is written.
local section = function(name)
  local mark = '<w:p><w:pPr><w:pStyle w:val="Section' .. name .. '"/></w:pPr></w:p>'
  return pandoc.RawBlock("openxml", mark)
end

function Div(div)
  if div.classes:includes("turned") then
    local inside = pandoc.List({ section("Upright") })
    inside:extend(div.content)
    inside:insert(section("Turned"))
    return inside
  elseif div.classes:includes("summary") then
    return div.content:walk({
      Para = function(para)
        return pandoc.Para({ pandoc.Strong(para.content) })
      end,
    })
  end
  for _, class in ipairs(div.classes) do
    if styles[class] then
      return pandoc.Div(div.content, { ["custom-style"] = styles[class] })
    end
  end
  return div.identifier == "" and div.content or div
end

function Span(span)
  if span.classes:includes("value") then
    return pandoc.Strong(span.content)
  end
end
