// Boost.Asio's own functions, compiled once for each toolkit and not in every student's file.
#include <lab/asio/instrument.hpp>

#include <boost/asio/impl/src.hpp>
