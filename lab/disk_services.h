/* The services that come with a Windows of the lab. */
#ifndef LAB_DISK_SERVICES_H
#define LAB_DISK_SERVICES_H

#include <stddef.h>

#define SERVICE_PROGRAM "" /* a program of its own */
#define SERVICE_DRIVER "*" /* below drivers */

struct stock_service {
	const char *name;
	const char *group; /* of svchost: "netsvcs"; or one of the above */
	const char *file;  /* below System32, or a path that begins with a % */
	const char
	    *starts; /* a letter for each Windows: 0 to 4; D is delayed; - none */
	const char *display;
	const char *description;
};

extern const struct stock_service stock_services[];
extern const size_t stock_services_count;

#endif
