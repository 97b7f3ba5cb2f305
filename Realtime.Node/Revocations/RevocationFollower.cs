using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Auth;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Revocations;

/// <summary>
/// Keeps a node's <see cref="RevocationList"/> as the cluster's log of revocations says: reads it from its start, and then every two seconds what came since. While it cannot
/// be read what is known stays.
/// </summary>
internal sealed class RevocationFollower(IActorRef channels, RevocationList list, RevocationReports reports) : UntypedActor
{
    private const int PageMessages = 1_000;
    private const int PageBytes = 128 * 1024;

    /// <summary>Failures in a row that are worth a line: the owner of the log moves now and then.</summary>
    private const int Reported = 3;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private ICancelable? _timer;
    private StreamPosition _after;
    private long _tag;
    private int _failures;
    private bool _isAsking;

    public static ChannelName Log { get; } = ServerLogs.Channel(ServerLogs.Revocations, "all");

    public static Props PropsOf(IActorRef channels, RevocationList list, RevocationReports reports) => Props.Create<RevocationFollower>(channels, list, reports);

    protected override void PreStart() => Ask();

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Look when !_isAsking:
                Ask();
                break;
            case Look:
                break;
            case Overdue overdue when overdue.Tag == _tag && _isAsking:
                Failed("no answer in time");
                break;
            case ChannelReply reply when reply.Tag == _tag && _isAsking:
                Answered(reply);
                break;
            case Overdue or ChannelReply:
                break; // Of a question that was given up.
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        _isAsking = true;
        _tag++;
        channels.Tell(new ChannelRequest.Read(Log, _tag, _after, PageMessages, PageBytes));
        After(Patience, new Overdue(_tag));
    }

    private void Answered(ChannelReply reply)
    {
        switch (reply)
        {
            case ChannelReply.Page page:
                Take(page);
                break;
            case ChannelReply.Retry:
                LookAfter(Again);
                break;
            case ChannelReply.Refused { Code: ErrorCode.NotFound }:
                // A node of an earlier version has it, which knows of no revocations.
                Succeeded();
                LookAfter(Every);
                break;
            case ChannelReply.Refused refused:
                Failed(refused.Message);
                break;
            default:
                Unhandled(reply);
                LookAfter(Every);
                break;
        }
    }

    private void Take(ChannelReply.Page page)
    {
        var start = page.Gap?.Position ?? page.After;
        foreach (var message in page.Messages)
        {
            var entry = RevocationEntry.Read(message.Payload);
            if (entry?.User is { } user)
            {
                list.Add(user, message.At);
            }

            if (entry?.Session is { } session)
            {
                list.Add(session, message.At);
            }
        }

        _after = page.Messages.Count > 0 ? new StreamPosition(page.Head.Epoch, page.Messages[^1].Offset) : start;
        if (_after.Epoch == page.Head.Epoch && _after.Offset >= page.Head.Offset)
        {
            Succeeded();
            list.Forget((Context.System.Scheduler.Now - RevocationList.Life).ToUnixTimeMilliseconds());
            LookAfter(Every);
        }
        else
        {
            Ask();
        }
    }

    private void Succeeded()
    {
        if (_failures >= Reported)
        {
            reports.ReadAgain();
        }

        _failures = 0;
        list.MarkRead();
    }

    private void Failed(string why)
    {
        if (++_failures == Reported)
        {
            reports.NotRead(why);
        }

        LookAfter(Again);
    }

    private void LookAfter(TimeSpan delay)
    {
        _isAsking = false;
        After(delay, Look.Instance);
    }

    private void After(TimeSpan delay, object message)
    {
        _timer?.Cancel();
        _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, message, Self);
    }

    /// <summary>There may be something new.</summary>
    internal sealed class Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }

    private sealed record Overdue(long Tag) : INoSerializationVerificationNeeded;
}
