# Has told who it is, and falls silent before the question: it can answer, so this is
# no host that never says a word.
as xp-clean
says "tree connect" silent
expect unknown slow
