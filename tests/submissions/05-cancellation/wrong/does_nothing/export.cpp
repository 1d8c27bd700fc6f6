#include "export.hpp"

asio::awaitable<Report> export_all(Source&, Sink&, Progress&) { co_return Report{}; }
