#pragma once
// The source of the monitoring pages, for whoever shows them.
#include <functional>
#include <string>

#include "base/result.h"
#include "monitor/page_request.h"

namespace midge {

struct PageForm {
    unsigned indent = 0;       // spaces for each level of the JSON; 0: compact
    bool status_code = false;  // HEALTHZ has its status code in the JSON
};

struct Page {
    std::string json;
    int status = 200;  // of HTTP; only HEALTHZ has others
};

class MonitorPages {
  public:
    // Gets the page, or an error with nats-server's text.
    using Answer = std::function<void(Result<Page>)>;

    virtual ~MonitorPages() = default;
    // Any thread; does not wait. `answer` is called once, on another thread or within the call; not
    // at all if the server stops meanwhile.
    virtual void ask(const PageRequest& request, const PageForm& form, Answer answer) = 0;
};

}  // namespace midge
