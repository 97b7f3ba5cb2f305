using Akka.Actor;
using Realtime.Messages.Cluster;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Inquiries;

/// <summary>Asks other members of the cluster, and puts the parts of their answers together.</summary>
/// <param name="place">Name of the actor that answers.</param>
internal sealed class InquiryCalls(Func<ActorSystem> system, TimeProvider time, string place = NodePlaces.OperatorInquiries)
{
    /// <summary>Of an answer, in bytes. The longest are pages of messages.</summary>
    private const int Longest = 8 * 1024 * 1024;

    /// <exception cref="TimeoutException">No answer, or not all of it, in time.</exception>
    /// <exception cref="FormatException">It is not an answer to this.</exception>
    public async Task<OperatorReply> AskAsync(MemberKey member, OperatorQuestion question, TimeSpan patience, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var at = NodePlaces.On(system(), Address.Parse(member.Address), place);
        var first = await PartAsync(MessageOf(question)).ConfigureAwait(false);
        if (first.Bytes.Length == first.Length)
        {
            return new OperatorReply(first.Status, first.Bytes.Bytes, first.Detail);
        }

        var body = new byte[first.Length is > 0 and <= Longest ? first.Length : throw new FormatException($"an answer of {first.Length} bytes")];
        for (var (part, length) = (first, 0); ; part = await PartAsync(new Inquiry.Next(first.Ticket, length)).ConfigureAwait(false))
        {
            if (part.Status != first.Status || part.Length != body.Length || part.Offset != length || part.Bytes.Length == 0 || part.Bytes.Length > body.Length - length)
            {
                throw new FormatException("a part of another answer");
            }

            part.Bytes.Bytes.CopyTo(body.AsMemory(length));
            length += part.Bytes.Length;
            if (length == body.Length)
            {
                return new OperatorReply(first.Status, body, first.Detail);
            }
        }

        async Task<Inquiry.Part> PartAsync(Inquiry inquiry)
        {
            var left = patience - time.GetElapsedTime(started);
            try
            {
                return await at.Ask<Inquiry.Part>(inquiry, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), cancellation).ConfigureAwait(false);
            }
            catch (AskTimeoutException late)
            {
                throw new TimeoutException("No answer in time.", late);
            }
        }
    }

    private static Inquiry.Question MessageOf(OperatorQuestion question) => new(
        question.Method,
        question.Path,
        [.. question.Query.Select(parameter => new QueryParameter(parameter.Key, parameter.Value))],
        new Payload(question.Body),
        question.Caller.Who,
        question.Caller.From,
        question.Caller.Right is OperatorRight.Act);
}
