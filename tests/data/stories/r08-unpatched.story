# Row R8: success on the path, as unpatched machines say.
as xp-clean
says "ask control" smb/resp-s1-trans-clean-84b-p1
says "ask path" smb/resp-s1-trans-clean-7b-p2 at 96 00000000
expect no-sign netpath-clean-answer
