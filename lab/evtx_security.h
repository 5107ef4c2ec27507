/*
 * What the Security log says since Windows Vista: events of the provider
 * Microsoft-Windows-Security-Auditing, with the names and kinds of its fields.
 */
#ifndef LAB_EVTX_SECURITY_H
#define LAB_EVTX_SECURITY_H

#include "lab/evt_write.h"
#include "lab/evtx_write.h"

/* 4624, or with a status 4625. */
void evtx_security_logon(struct evtx_write *, const struct evt_logon *);
void evtx_security_logoff(struct evtx_write *, const struct evt_logon *);  /* 4634 */
void evtx_security_ntlm(struct evtx_write *, const struct evt_logon *);    /* 4776 */
void evtx_security_lockout(struct evtx_write *, const struct evt_logon *); /* 4740 */
void evtx_security_task(struct evtx_write *, const struct evt_logon *);    /* 4698 */

/* By Kerberos, at a domain controller; the status is one of Kerberos. */
void evtx_security_ticket(struct evtx_write *, const struct evt_logon *);  /* 4768 */
void evtx_security_refused(struct evtx_write *, const struct evt_logon *); /* 4771 */

/* 4719: logons are recorded from now on, both kinds; `time` as in evt_logon. */
void evtx_security_policy(struct evtx_write *, uint32_t time);

#endif
