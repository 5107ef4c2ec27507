/* What a Windows machine can be called. */
#ifndef FLOW_NETBIOS_NAME_H
#define FLOW_NETBIOS_NAME_H

#include <stdbool.h>

/* Windows takes 15 characters, and some not at all; else it was made up. */
bool netbios_name_is_one(const char *utf8);

#endif
