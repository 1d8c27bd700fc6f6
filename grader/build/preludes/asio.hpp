// Included ahead of a student's file that mentions Asio, and precompiled. First what makes
// coroutines and timers visible to the lab.
//
// No #pragma once: GCC warns of it in a file that it precompiles.

#include <lab/asio/instrument.hpp>

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "standard.hpp"
