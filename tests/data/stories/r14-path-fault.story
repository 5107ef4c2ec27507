# Row R14.
as xp-clean
says "ask control" smb/resp-s1-trans-clean-84b-p1
says "ask path" smb/resp-s1-trans-fault-access
expect unknown access-denied-rpc
