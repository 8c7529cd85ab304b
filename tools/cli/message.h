#pragma once
// A message as the commands see it, apart from the C library.
#include <string>
#include <utility>
#include <vector>

namespace midge::cli {

// Name and value; a name may occur several times.
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Message {
    std::string subject;
    std::string reply;  // empty: none
    Headers headers;
    std::string data;
};

}  // namespace midge::cli
