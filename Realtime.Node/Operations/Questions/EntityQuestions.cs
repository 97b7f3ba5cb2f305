using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>Asks sessions and channels through their regions, and waits for no answer longer than it says.</summary>
internal sealed class EntityQuestions(Func<OperatedNode> node, TimeProvider time)
{
    public const long Tag = ChannelAsks.Tag;

    /// <summary>How long a question waits for its answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What changes something may wait for a commit.</summary>
    public static readonly TimeSpan ActionPatience = TimeSpan.FromSeconds(10);

    private readonly SessionAsks _sessions = new(() => node().Sessions, time);
    private readonly ChannelAsks _channels = new(() => node().Channels, time);

    /// <returns>Null: no answer in time.</returns>
    public Task<SessionReply?> AskAsync(SessionRequest request, TimeSpan patience, CancellationToken cancellation) => _sessions.AskAsync(request, patience, cancellation);

    /// <returns>Null: no answer in time.</returns>
    public Task<ChannelReply?> AskAsync(ChannelRequest request, TimeSpan patience, CancellationToken cancellation) => _channels.AskAsync(request, patience, cancellation);

    /// <summary>Where a channel stands. One that was not in memory says so once its log is read back.</summary>
    /// <returns>Null: no answer in time.</returns>
    public async Task<ChannelReply?> InspectAsync(NamespacePolicy space, ChannelName channel, bool isBrief, CancellationToken cancellation)
    {
        var inspect = new ChannelRequest.Inspect(channel, Tag, isBrief);
        var reply = await AskAsync(inspect, Patience, cancellation).ConfigureAwait(false);
        if (!space.KeepsLog || reply is not ChannelReply.Inspected { Info.Head: null })
        {
            return reply;
        }

        // Answered when the log has been read, and with no message.
        var read = new ChannelRequest.ReadHistory(channel, Tag, new StartFrom.LiveEnd(), 1, Reverse: false);
        return await AskAsync(read, Patience, cancellation).ConfigureAwait(false) is ChannelReply.HistoryPage
            ? await AskAsync(inspect, Patience, cancellation).ConfigureAwait(false)
            : reply;
    }

    /// <summary>What to tell an operator whose question a session did not answer.</summary>
    /// <param name="mayBeDone">It was an action: that no answer came does not mean that nothing was done.</param>
    public static OperatorReply NoAnswer(string who, SessionReply? reply, bool mayBeDone = false) => reply switch
    {
        SessionReply.Refused refused => Refusal(who, refused.Code, refused.Outcome, refused.Message),
        null => Silence(who, mayBeDone),
        _ => Stranger(who),
    };

    /// <inheritdoc cref="NoAnswer(string, SessionReply?, bool)"/>
    public static OperatorReply NoAnswer(string who, ChannelReply? reply, bool mayBeDone = false) => reply switch
    {
        ChannelReply.Refused refused => Refusal(who, refused.Code, refused.Outcome, refused.Message),
        null => Silence(who, mayBeDone),
        _ => Stranger(who),
    };

    private static OperatorReply Refusal(string who, ErrorCode code, Outcome outcome, string why) => (code, outcome) switch
    {
        (_, Outcome.Unknown) => OperatorReply.Timeout($"{who}: {why}"),
        (ErrorCode.NotFound, _) => OperatorReply.NotFound($"{who}: {why}"),
        (ErrorCode.BadRequest or ErrorCode.TooLarge, _) => OperatorReply.BadRequest($"{who}: {why}"),
        _ => OperatorReply.Unavailable($"{who}: {why}"),
    };

    private static OperatorReply Silence(string who, bool mayBeDone) => mayBeDone
        ? OperatorReply.Timeout($"{who} did not answer in time; it may have been done.")
        : OperatorReply.Unavailable($"{who} did not answer in time.");

    private static OperatorReply Stranger(string who) => OperatorReply.Internal($"{who} gave an answer that does not belong to the question.");
}
