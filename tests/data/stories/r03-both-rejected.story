# Row R3: a strict server or a filter does that too.
as xp-clean
says "ask control" smb/resp-s1-trans-both-57-p1
says "ask path" smb/resp-s1-trans-both-57-p2
expect suspect both-rejected
