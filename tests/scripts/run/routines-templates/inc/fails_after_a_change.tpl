a
$! n = 2; throw "high"; $