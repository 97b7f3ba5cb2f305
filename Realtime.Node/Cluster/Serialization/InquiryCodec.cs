using Realtime.Messages.Operators;
using Realtime.Messages.Wire.Operators;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="Inquiry"/> ↔ protobuf.</summary>
internal static class InquiryCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(Inquiry))
        .With<Inquiry.Question, QuestionBody>("oq", QuestionBody.Parser, ToBody, FromBody)
        .With<Inquiry.Next, NextBody>(
            "om", NextBody.Parser, next => new() { Ticket = next.Ticket, Offset = next.Offset }, body => new(body.Ticket, body.Offset))
        .With<Inquiry.Part, PartBody>("op", PartBody.Parser, ToBody, FromBody);

    private static QuestionBody ToBody(Inquiry.Question question)
    {
        var body = new QuestionBody
        {
            Method = question.Method,
            Body = WireValues.ToValue(question.Body),
            Who = question.Who,
            From = question.From,
            MayAct = question.MayAct,
        };
        body.Path.AddRange(question.Path);
        body.Query.AddRange(question.Query.Select(parameter => new QueryValue { Name = parameter.Name, Value = parameter.Value }));
        return body;
    }

    private static Inquiry.Question FromBody(QuestionBody body) => new(
        body.Method,
        [.. body.Path],
        [.. body.Query.Select(parameter => new QueryParameter(parameter.Name, parameter.Value))],
        WireValues.ToPayload(body.Body) ?? default,
        body.Who,
        body.From,
        body.MayAct);

    private static PartBody ToBody(Inquiry.Part part)
    {
        var body = new PartBody
        {
            Status = part.Status,
            Ticket = part.Ticket,
            Length = part.Length,
            Offset = part.Offset,
            Bytes = WireValues.ToValue(part.Bytes),
        };
        if (part.Detail is { } detail)
        {
            body.Detail = detail;
        }

        return body;
    }

    private static Inquiry.Part FromBody(PartBody body) => new(
        body.Status,
        body.HasDetail ? body.Detail : null,
        body.Ticket,
        body.Length,
        body.Offset,
        WireValues.ToPayload(body.Bytes) ?? default);
}
