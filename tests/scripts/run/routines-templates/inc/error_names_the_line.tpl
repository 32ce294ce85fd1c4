one
two $x$

$1 +
  nothing(3)$
