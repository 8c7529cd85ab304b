#pragma once
// A message, independent of the C library.
#include <string>
#include <utility>
#include <vector>

namespace midge::cli {

// Pairs of name and value; a name may occur several times.
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Message {
    std::string subject;
    std::string reply;  // empty: none
    Headers headers;
    std::string data;
};

}  // namespace midge::cli
