one
"two"
$zero$ $list["a"]$
$(integer) word$