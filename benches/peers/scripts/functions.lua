-- The same work as functions.sil, in this language's way.

--[[ The price of an order with its discount. ]]
function price_0(order, discount)
    local total = order.pieces * 1.0
    total = total * order.price
    if order.pieces >= 100 then
        total = total - total * discount / 100.0
    elseif order.pieces >= 10 and discount > 0.0 then
        total = total - 2.5
    else
        total = total + 4.95 -- shipping
    end
    return total
end

function urgent_0(order, now)
    local waiting = now - order.placed
    for _, tag in ipairs(order.tags) do
        if tag == "urgent" or tag == "today" then
            return true
        end
    end
    return waiting > 273600000 and order.customer ~= nil
end

function label_0(order, width)
    width = width or 20
    local text = order.code .. ": " .. order.customer
    while #text < width do
        text = text .. " "
    end
    if order.pieces == 0 then
        text = text .. "[empty]"
    elseif order.pieces == 1 then
        text = text .. "[single]"
    else
        text = text .. "[" .. order.pieces .. " pieces]"
    end
    return text
end

function histogram_0(orders)
    local counts = {}
    for _, order in ipairs(orders) do
        local key = order.customer == "" and "nobody" or order.customer
        counts[key] = (counts[key] or 0) + 1
    end
    return counts
end

-- Sorts by pieces, the largest first.
function sorted_0(orders)
    local result = table.move(orders, 1, #orders, 1, {})
    for i = 2, #result do
        local order = result[i]
        local j = i - 1
        while j >= 1 and result[j].pieces < order.pieces do
            result[j + 1] = result[j]
            j = j - 1
        end
        result[j + 1] = order
    end
    return result
end

function report_0(orders)
    local report = "orders: " .. #orders .. "\n"
    local sum = 0.0
    local fine, reason = pcall(function()
        for _, order in ipairs(sorted_0(orders)) do
            report = report .. label_0(order, 30) .. "\n"
            sum = sum + price_0(order, 7.5)
            if order.pieces % 12 == 0 then
                report = report .. "  (dozens)\n"
            end
        end
    end)
    if not fine then
        report = report .. "failed: " .. reason
    end
    return report .. "sum: " .. sum
end

orders_0 = {
    { code = "A-17", customer = "Ada", pieces = 3, price = 12.5, placed = 1709200800000, tags = { "urgent" } },
    { code = "A-18", customer = "Bo", pieces = 240, price = 0.75, placed = 1709251200000, tags = {} },
}
text_0 = report_0(orders_0)
