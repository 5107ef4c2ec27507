#include "know/netsvcs.h"

#include "base/text.h"

const struct netsvcs_member *
netsvcs_member_find(const char *service)
{
	for (size_t i = 0; i < netsvcs_members_count; i++) {
		if (text_same(netsvcs_members[i].service, service))
			return &netsvcs_members[i];
	}
	return NULL;
}

bool
netsvcs_is_usual(const struct installation *w, const char *service)
{
	const struct netsvcs_member *m = netsvcs_member_find(service);

	if (!m)
		return false;
	/* XP x64 is made from Server 2003. */
	return !by_windows_any(&m->on) || by_windows_is(&m->on, w->kind) ||
	       (w->kind == WINDOWS_XP && w->is_x64 && m->on.w2003);
}
