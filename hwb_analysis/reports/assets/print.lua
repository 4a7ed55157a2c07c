-- From the page to Typst: what pandoc's writer would lose is written by hand.

local quoted = function(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("[\r\n]", " ") .. '"'
end

-- What Typst would turn into another sign or, at the start of a line, into a heading or
-- a list is given as a string: three points, a hyphen before a digit, a lone "=" or "+".
local shorthand = function(text)
  return text:find("...", 1, true)
    or text:find("%-[%d?]")
    or text:find("^=+$")
    or text:find("^[-+/]$")
    or text:find("^%d+%.$")
end

local Str = function(str)
  if shorthand(str.text) then
    return pandoc.RawInline("typst", "#" .. quoted(str.text) .. ";")
  end
end

-- The alternative text of a picture; without it the typesetter refuses the document.
local Image = function(image)
  local alt = pandoc.utils.stringify(image.caption)
  -- Two charts with their words fit on a page.
  local inches = tonumber((image.attributes.width or "6.5in"):match("^[%d.]+"))
  local width = math.min(inches, 5.8) .. "in"
  local words = alt ~= "" and ", alt: " .. quoted(alt) or ""
  return pandoc.RawInline(
    "typst", "#image(" .. quoted(image.src) .. ", width: " .. width .. words .. ")"
  )
end

local frames = { ["figure-note"] = "note", ["table-note"] = "note", box = "framed" }
frames["small"] = "note"
frames["summary"] = "summary"
frames["notice"] = "framed"
frames["turned"] = "turned"

local wrapped = function(name, blocks)
  local inside = pandoc.List({ pandoc.RawBlock("typst", "#" .. name .. "[") })
  inside:extend(blocks)
  inside:insert(pandoc.RawBlock("typst", "]"))
  return inside
end

local Div = function(div)
  for _, class in ipairs(div.classes) do
    if frames[class] then
      return wrapped(frames[class], div.content)
    end
  end
  return div.identifier == "" and div.content or div
end

local quiet = { limits = true, period = true, quiet = true, part = true, code = true }

local Span = function(span)
  for _, class in ipairs(span.classes) do
    if class == "value" then
      return pandoc.Strong(span.content)
    elseif quiet[class] then
      local inside = pandoc.List({ pandoc.RawInline("typst", "#faint[") })
      inside:extend(span.content)
      inside:insert(pandoc.RawInline("typst", "]"))
      return inside
    elseif class == "place" then
      -- A place that can be linked to needs something to stand on.
      return pandoc.RawInline("typst", "#box(width: 0pt)[]#label(" .. quoted(span.identifier) .. ")")
    end
  end
end

-- A row stays on one page, unless one of its cells could be longer than a page.
local LONGEST = 600
-- A name of many parts may break between them.
local NAME = 14
local BREAK = "\u{200B}"

local longest_cell = function(tbl)
  local longest = 0
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        longest = math.max(longest, #pandoc.utils.stringify(cell.contents))
      end
    end
  end
  return longest
end

local may_break = function(str)
  if #str.text > NAME then
    return pandoc.Str((str.text:gsub("[:/_-]", "%0" .. BREAK)))
  end
end

local Table = function(tbl)
  local around = pandoc.List({ tbl:walk({ Str = may_break }) })
  if longest_cell(tbl) <= LONGEST then
    around:insert(1, pandoc.RawBlock("typst", "#[#set table.cell(breakable: false)"))
    around:insert(pandoc.RawBlock("typst", "]"))
  end
  return around
end

-- Pictures first: their words are taken as they stand.
return {
  { Image = Image },
  { Str = Str, Div = Div, Span = Span, Table = Table },
}
