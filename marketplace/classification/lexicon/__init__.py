"""The words for what is bought and sold, in both languages: what staff edit, what the search reads.

A *group* holds the ways of saying one thing (« conciergerie », « entretien ménager », *janitorial*), the codes that it is
bought under, and the other groups that it also leads to. `models` keeps them, `words` folds and compares words,
`reading.read_lexicon()` gives them to the process, `admin` lets staff edit them. The first rows come from `reference/*.tsv`.
"""
