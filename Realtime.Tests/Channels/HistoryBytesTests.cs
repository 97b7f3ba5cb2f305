using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Pages of history are bounded in bytes as well as in messages, from memory and from the log, in both directions.</summary>
public sealed class HistoryBytesTests
{
    private const int PageBytes = 1000;

    public static TheoryData<int, bool> Ways => new() { { 1000, false }, { 1000, true }, { 5, false }, { 5, true }, { 1, false }, { 1, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_reader_that_follows_short_pages_reads_everything_once_and_no_page_is_too_large(int recent, bool reverse)
    {
        var rig = Rig(recent);
        var random = new Random(7);
        for (var i = 1; i <= 60; i++)
        {
            rig.Publish(new string((char)('a' + (i % 26)), random.Next(1, 400)));
            rig.Commit();
        }

        var got = new List<long>();
        StartFrom from = reverse ? StartFrom.Live : StartFrom.Start;
        for (var more = true; more;)
        {
            var page = Read(rig, from, 1000, reverse);
            page.Messages.Count.ShouldBeGreaterThan(0);
            page.Messages.Sum(message => message.Size).ShouldBeLessThanOrEqualTo(PageBytes);
            got.AddRange(page.Messages.Select(message => message.Offset));
            (from, more) = (new StartFrom.At(page.Position), page.More);
        }

        got.ShouldBe(reverse ? Enumerable.Range(1, 60).Select(i => 61L - i) : Enumerable.Range(1, 60).Select(i => (long)i));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_message_larger_than_a_page_is_a_page_of_its_own(int recent, bool reverse)
    {
        var rig = Rig(recent);
        for (var i = 0; i < 3; i++)
        {
            rig.Publish(new string('x', 3 * PageBytes));
            rig.Commit();
        }

        var page = Read(rig, reverse ? StartFrom.Live : StartFrom.Start, 10, reverse);

        page.Messages.Select(message => message.Offset).ShouldBe([reverse ? 3 : 1]);
        (page.More, page.Position.Offset).ShouldBe((true, reverse ? 2 : 1));
    }

    [Fact]
    public void A_page_is_as_full_as_its_limit_when_the_bytes_allow()
    {
        var rig = Rig(1);
        rig.Fill(30);

        var page = Read(rig, StartFrom.Live, 10, reverse: true);

        page.Messages.Select(message => message.Offset).ShouldBe([30, 29, 28, 27, 26, 25, 24, 23, 22, 21]);
    }

    private static ChannelReply.HistoryPage Read(MachineRig rig, StartFrom from, int limit, bool reverse) => rig.Get<ChannelReply.HistoryPage>(
        tag => new ChannelRequest.ReadHistory(MachineRig.Name, tag, from, limit, reverse));

    private static MachineRig Rig(int recent) => new(
        new NamespacePolicy("chat") { History = new HistoryLimits { Count = 1000 } },
        new ChannelPolicy { RecentMessages = recent, HistoryBytes = PageBytes });
}
