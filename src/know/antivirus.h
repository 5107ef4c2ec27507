/* Services of other makers' virus scanners: the rows of antivirus-services.tsv. */
#ifndef KNOW_ANTIVIRUS_H
#define KNOW_ANTIVIRUS_H

#include <stddef.h>

struct antivirus_service {
	const char *service;
	const char *product; /* for people */
};

extern const struct antivirus_service antivirus_services[];
extern const size_t antivirus_services_count;

#endif
