/* Edits of a hive, in a line each. */
#ifndef TESTS_UNIT_REG_EDITS_H
#define TESTS_UNIT_REG_EDITS_H

#include "reach/hive_edit.h"

#define EDIT_OF(kind, type, key, name, text)                             \
	{                                                                \
		REG_EDIT_##kind, type, key, name,                        \
		{                                                        \
			(const uint8_t *)(text), sizeof(text) - 1, false \
		}                                                        \
	}
#define SET(key, name, type, text) EDIT_OF(SET, type, key, name, text)
#define DELETE_VALUE(key, name) EDIT_OF(DELETE_VALUE, 0, key, name, "")
#define DELETE_KEY(key) EDIT_OF(DELETE_KEY, 0, key, "", "")
#define MAKE_KEY(key) EDIT_OF(MAKE_KEY, 0, key, "", "")

#endif
