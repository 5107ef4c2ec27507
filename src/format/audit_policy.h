/*
 * What a Windows records of logons: the value of Policy\PolAdtEv in its SECURITY
 * hive.  Windows NT 4 to 2003 keep a number a category, later ones a number a
 * subcategory, as many as the value itself says.
 */
#ifndef FORMAT_AUDIT_POLICY_H
#define FORMAT_AUDIT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"

#define AUDIT_SUCCESS 1u
#define AUDIT_FAILURE 2u

struct audit_policy {
	bool by_subcategory; /* Vista and later */
	bool is_on;          /* false: nothing is recorded, whatever follows */
	/* Bits of the two above. */
	unsigned logon;
	unsigned account_management; /* User Account Management */
	unsigned account_logon;      /* Credential Validation */
	unsigned kerberos;           /* Kerberos Authentication Service, else 0 */
};

/* HEARD_SHORT where it ends too early, HEARD_ODD where its counts do not fit. */
enum heard audit_policy_read(struct span value, struct audit_policy *out);

/*
 * The same value, appended to `out`, with what is wanted against the worm recorded as
 * well: success and failure of logons, failure of account logons, success of account
 * management.  All else stays.  As audit_policy_read where it is none.
 */
enum heard audit_policy_strengthen(struct span value, struct buf *out);

#endif
