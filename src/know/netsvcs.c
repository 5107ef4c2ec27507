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
	if (!(m->w2000 || m->xp || m->w2003 || m->vista || m->w2008 || m->w7))
		return true;
	switch (w->kind) {
	case WINDOWS_2000: return m->w2000;
	/* XP x64 is made from Server 2003. */
	case WINDOWS_XP: return m->xp || (w->is_x64 && m->w2003);
	case WINDOWS_2003: return m->w2003;
	case WINDOWS_VISTA: return m->vista;
	case WINDOWS_2008: return m->w2008;
	case WINDOWS_7: return m->w7;
	case WINDOWS_OTHER: break;
	}
	return true;
}
