/* Between look/settings.c and its second half. */
#ifndef LOOK_SETTINGS_PARTS_H
#define LOOK_SETTINGS_PARTS_H

#include "look/inside.h"

#define SETTINGS_DETECTOR "settings"

/* Those that belong to a control set (settings_of_set.c). */
CHECKED enum err settings_of_set(const struct inside *);

#endif
