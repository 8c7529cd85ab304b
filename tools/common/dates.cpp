#include "common/dates.h"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

namespace midge::tools {

std::string date_text(int64_t seconds) {
    if (seconds == 0) return {};
    constexpr int64_t last_second_of_9999 = 253'402'300'799;
    if (seconds < 0 || seconds > last_second_of_9999) return std::to_string(seconds);
    return Poco::DateTimeFormatter::format(Poco::Timestamp::fromEpochTime(seconds),
                                           "%Y-%m-%d %H:%M:%S UTC");
}

}  // namespace midge::tools
