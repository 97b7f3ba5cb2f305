using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.StoreChild;

/// <summary>Keeps some appends to one log under way.</summary>
internal sealed class ChannelWriter(
    IJournal journal, ChannelName channel, OpenLog log, Acknowledgements acknowledgements, ShardFence? fence = null) : IWriteReceiver
{
    private const int UnderWay = 4;
    private readonly Lock _gate = new();
    private long _head = log.Head;

    // One mark per group, so the groups already there count the marks.
    private long _marks = log.Head / Workload.Group;

    public void Start()
    {
        for (var i = 0; i < UnderWay; i++)
        {
            Append();
        }
    }

    public void OnWritten(object request, WriteOutcome outcome)
    {
        if (outcome != WriteOutcome.Committed)
        {
            Environment.FailFast($"append to {channel}: {outcome}");
        }

        var append = (AppendRequest)request;
        acknowledgements.Write(channel.Value, append.ExpectedHead + append.Messages.Count);
        Append();
    }

    private void Append()
    {
        lock (_gate)
        {
            var head = _head;
            var messages = new LogMessage[Workload.Group];
            for (var i = 0; i < messages.Length; i++)
            {
                messages[i] = Workload.Message(channel, ++_head);
            }

            var mark = new ProducerMark(Workload.Producer, _marks++, _head, _head, messages[^1].At);
            journal.Append(new AppendRequest(log.Log, head, messages, [mark]) { Fence = fence }, this);
        }
    }
}
