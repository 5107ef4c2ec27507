# Row R13: an honest path alone says nothing without its control.
as xp-clean
says "ask control" smb/resp-s1-trans-fault-access
says "ask path" smb/resp-s1-trans-clean-7b-p2
expect unknown access-denied-rpc
