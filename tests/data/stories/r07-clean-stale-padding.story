# Row R7: stale 45 5c in the padding does not decide.
as xp-clean
says "ask control" smb/resp-s1-trans-clean-stale-p1
says "ask path" smb/resp-s1-trans-clean-stale-p2
expect no-sign netpath-clean-answer
