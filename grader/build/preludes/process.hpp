// Included ahead of a student's file that mentions Boost.Process, and precompiled.
//
// No #pragma once: GCC warns of it in a file that it precompiles.

#include "asio.hpp"

#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
