#include "outgoing.h"

#include "message_text.h"
#include "text_template.h"

namespace midge::cli {

Result<Message> make_message(const OutgoingOptions& options, const std::string& payload,
                             uint64_t count) {
    const TemplateInput input{.count = count};
    Result<Headers> headers = parse_headers(options.headers, input);
    if (!headers) return pass(headers);
    Message message;
    message.headers = std::move(*headers);
    if (!options.templates) {
        message.subject = options.subject;
        message.data = payload;
        return message;
    }
    Result<std::string> subject = expand_template(options.subject, input);
    if (!subject) return fail(Errc::invalid, "subject template: " + subject.error().text);
    Result<std::string> body = expand_template(payload, input);
    if (!body) return fail(Errc::invalid, "body template: " + body.error().text);
    message.subject = std::move(*subject);
    message.data = std::move(*body);
    return message;
}

}  // namespace midge::cli
