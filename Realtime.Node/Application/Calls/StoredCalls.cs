using System.Security.Cryptography;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Application.Calls;

/// <summary>
/// Calls that bring a number: the application is called once, and every repeat, on any node, gets the reply of the first. What is remembered is a log: the beginning of a call is written before the application is
/// called, and only whose beginning it is calls; the reply is written before it is given. The numbers of a log's producers make both unique, on whatever node they are written.
/// </summary>
/// <remarks>
/// Between the two writes a node may die. Nobody but the application can tell then whether it was carried out: a repeat that has waited for the reply in vain writes <c>timeout</c>, outcome unknown, as the reply, so
/// that all repeats hear the same. See "exactly-once" in Helland, "Idempotence is not a medical condition" (ACM Queue 2012): the server keeps the promise up to the application, which gets the key for its own part.
/// </remarks>
internal sealed class StoredCalls(ChannelAsks channels, TimeProvider time, TimeSpan longest, ILogger<StoredCalls> log)
{
    private const int PageMessages = 256;
    private const int PageBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private static readonly Verdict.Refused Lost = new(
        ErrorCode.Timeout, "the call was begun before, and its reply is not known: its node has stopped, or the application has not answered", null, Outcome.Unknown);

    /// <param name="run">Calls the application, with the idempotency key.</param>
    public async Task<Verdict> AskAsync(Question.Call call, Func<string, Task<Verdict>> run)
    {
        var key = CallKey.Of(call);
        var attempt = RandomNumberGenerator.GetHexString(32);
        switch (await WriteAsync(key, key.Begins, CallRecord.Beginning(key, attempt)).ConfigureAwait(false))
        {
            case ChannelReply.Published { Position: { } at, IsRepeat: false }:
                return await RunAsync(call, key, at, run).ConfigureAwait(false);
            case ChannelReply.Published { Position: { } at }:
                return await IsMineAsync(key, at, attempt).ConfigureAwait(false)
                    ? await RunAsync(call, key, at, run).ConfigureAwait(false)
                    : await ReplyAsync(key, at).ConfigureAwait(false);
            case ChannelReply.Refused refused:
                return new Verdict.Refused(refused.Code, refused.Message, refused.RetryAfter, refused.Outcome);
            default:
                // If the beginning was written after all, this attempt has not called anybody, and a repeat finds out that no reply comes.
                return new Verdict.Refused(ErrorCode.Unavailable, "the call could not be noted", 1000);
        }
    }

    private async Task<Verdict> RunAsync(Question.Call call, CallKey key, StreamPosition begun, Func<string, Task<Verdict>> run)
    {
        var verdict = await run(key.Idempotency).ConfigureAwait(false);
        switch (await WriteAsync(key, key.Replies, CallRecord.Reply(key, verdict)).ConfigureAwait(false))
        {
            case ChannelReply.Published { IsRepeat: false }:
                return verdict;
            case ChannelReply.Published:
                // Ours came twice, or a repeat has given this one up: what stands in the log counts.
                return await ReplyAsync(key, begun).ConfigureAwait(false);
            case ChannelReply.Refused refused:
                log.CallNotStored(call.Method, refused.Message);
                return verdict;
            default:
                log.CallNotStored(call.Method, "no answer in time");
                return verdict;
        }
    }

    private Task<ChannelReply?> WriteAsync(CallKey key, long number, (Payload Payload, IReadOnlyList<KeyValuePair<string, string>> Tags) record) => channels.RepeatAsync(
        new ChannelRequest.Publish(key.Log, ChannelAsks.Tag, record.Payload, default, null) { Producer = key.Writer, Sequence = number, Tags = record.Tags },
        Patience);

    private async Task<bool> IsMineAsync(CallKey key, StreamPosition begun, string attempt) =>
        await ReadAsync(key, begun with { Offset = begun.Offset - 1 }, 1).ConfigureAwait(false) is [var message, ..] && CallRecord.IsBeginning(message, attempt);

    /// <summary>What the call was answered, which another attempt has to write; when that does not happen in time, this one gives it up for all.</summary>
    private async Task<Verdict> ReplyAsync(CallKey key, StreamPosition begun)
    {
        var started = time.GetTimestamp();
        var pause = FirstLook;
        var after = begun;
        while (true)
        {
            var isOver = time.GetElapsedTime(started) >= longest;
            var messages = await ReadAsync(key, after, PageMessages).ConfigureAwait(false);
            foreach (var message in messages ?? [])
            {
                if (CallRecord.ReplyOf(message, key) is { } verdict)
                {
                    return verdict;
                }

                after = after with { Offset = message.Offset };
            }

            if (messages is not { Count: 0 } && !isOver)
            {
                if (messages is null)
                {
                    await Task.Delay(LongestLook, time).ConfigureAwait(false);
                }

                continue;
            }

            if (isOver)
            {
                break;
            }

            await Task.Delay(pause, time).ConfigureAwait(false);
            pause = pause * 2 < LongestLook ? pause * 2 : LongestLook;
        }

        return await WriteAsync(key, key.Replies, CallRecord.Reply(key, Lost)).ConfigureAwait(false) is ChannelReply.Published { IsRepeat: true, Position: { } at }
            && await ReadAsync(key, at with { Offset = at.Offset - 1 }, 1).ConfigureAwait(false) is [var reply, ..]
            ? CallRecord.ReplyOf(reply, key) ?? Lost
            : Lost;
    }

    /// <returns>Null: they cannot be read now.</returns>
    private async Task<IReadOnlyList<LogMessage>?> ReadAsync(CallKey key, StreamPosition after, int most) =>
        await channels.RepeatAsync(new ChannelRequest.Read(key.Log, ChannelAsks.Tag, after, most, PageBytes), Patience).ConfigureAwait(false) is ChannelReply.Page page
            ? page.Messages
            : null;
}
