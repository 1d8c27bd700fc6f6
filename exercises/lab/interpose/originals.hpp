// The originals that more than one file needs.
#pragma once

#include <lab/interpose/original.hpp>

#include <pthread.h>
#include <unistd.h>

LAB_ORIGINAL(pthread_create)
LAB_ORIGINAL(pthread_join)
LAB_ORIGINAL(pthread_detach)
LAB_ORIGINAL(pthread_mutex_trylock)
LAB_ORIGINAL(pthread_mutex_unlock)
LAB_ORIGINAL(syscall)
LAB_ORIGINAL(_exit)
