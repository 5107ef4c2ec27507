/*
 * The Windows on a machine: which it is, and where things lie on it.  Found once
 * (look/installation.h), then handed to every detector.
 */
#ifndef FLOW_INSTALLATION_H
#define FLOW_INSTALLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/machine.h"

enum windows_kind {                /* the columns of the tables in know/ */
	            WINDOWS_OTHER, /* none of these, or it could not be told */
	            WINDOWS_2000,
	            WINDOWS_XP,
	            WINDOWS_2003,
	            WINDOWS_VISTA,
	            WINDOWS_2008,
	            WINDOWS_7, /* and Server 2008 R2 */
};

#define CONTROL_SETS_MOST 8
#define COMPUTER_NAMES_MOST (4 * CONTROL_SETS_MOST)
#define COMPUTER_NAME_ROOM 64
#define PLACES_MOST (24 + 2 * MACHINE_USERS_MOST)

struct installation {
	bool there; /* false: no Windows on this machine, and all below is empty */
	enum windows_kind kind;
	bool has_version;
	unsigned major, minor, build;
	bool has_service_pack; /* told, or told to be none */
	unsigned service_pack;
	bool is_server; /* ProductType */
	bool is_embedded;
	bool is_x64; /* PROCESSOR_ARCHITECTURE is AMD64 */
	bool is_ia64;
	char product[128];                 /* ProductName */
	char language[8];                  /* InstallLanguage, "0409"; "" unknown */
	char os[128];                      /* for people: "Windows XP SP3" */
	char computer[COMPUTER_NAME_ROOM]; /* its name now; "" unknown */
	char domain[128];

	/* Every spelling of every name that it has or had, as stored. */
	char names[COMPUTER_NAMES_MOST][COMPUTER_NAME_ROOM];
	size_t name_count;

	/* "HKLM\SYSTEM\ControlSet001"; sets[0] is the current one. */
	char sets[CONTROL_SETS_MOST][32];
	size_t set_count;

	char root[PATH_ROOM];                  /* "C:\WINDOWS" */
	char system32[PATH_ROOM];              /* "C:\WINDOWS\system32" */
	char drive[8];                         /* "C:" */
	char letters[MACHINE_DRIVES_MOST + 1]; /* of all drives: "CD" */

	/* Program Files and the like, localised or moved, each once. */
	char program_files[4][PATH_ROOM];
	size_t program_files_count;
	/* What a variable of that name stands for; "" unknown, or it has none. */
	char program_files_32[PATH_ROOM];
	char common_files[PATH_ROOM];
	char common_files_32[PATH_ROOM];
	char common_app_data[PATH_ROOM]; /* All Users' Application Data; "" unknown */

	/* Where the worm's file may lie (specification 1.1), System32 first. */
	char (*places)[PATH_ROOM];
	size_t place_count;
};

#endif
