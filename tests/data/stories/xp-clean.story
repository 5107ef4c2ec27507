# A clean Windows XP, as genuine Windows answers: 2123 and 123.
port 445 opens
says "negotiate" smb/resp-s1-negotiate-xp
says "session setup" smb/resp-s1-session-xp
says "tree connect" smb/resp-s1-tree
says "open pipe" smb/resp-s1-create
says "bind" smb/resp-s1-trans-bind-ack
says "ask control" smb/resp-s1-trans-clean-84b-p1
says "ask path" smb/resp-s1-trans-clean-84b-p2
says "close pipe" done
says "tree disconnect" done
says "logoff" done
expect no-sign netpath-clean-answer
within 100
