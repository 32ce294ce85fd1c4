-- Greets everybody on the list and tells how many there were.
local function person(name, age)
    return { name = name, age = age }
end

local function greeting(person, prefix)
    if person.age >= 18 and person.name ~= "" then
        return prefix .. ", " .. person.name .. "!"
    end
    return "Hi, " .. (person.name == "" and "stranger" or person.name)
end

local people = { person("Ada", 36), person("Bo", 12), person("", 50) }
local count = 0
local text = ""
for _, person in ipairs(people) do
    text = text .. greeting(person, "Good day") .. "\n"
    count = count + 1
end
return text .. count
