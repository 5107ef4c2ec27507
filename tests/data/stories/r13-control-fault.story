# Row R13.
as xp-clean
says "ask control" smb/resp-s1-trans-fault-oprange
says "ask path" smb/resp-s1-trans-fault-oprange
expect unknown op-not-implemented
