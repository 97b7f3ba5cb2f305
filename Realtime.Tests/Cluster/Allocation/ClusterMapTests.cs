using Realtime.Messages.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

public sealed class ClusterMapTests
{
    private readonly ClusterMap _map = new();

    [Fact]
    public async Task Who_waits_for_a_picture_gets_the_first_that_fits()
    {
        var wait = _map.WaitForAsync(cluster => cluster.Members.Count == 2, CancellationToken.None);

        _map.Publish(PictureOf(1));
        wait.IsCompleted.ShouldBeFalse();
        var fitting = PictureOf(2);
        _map.Publish(fitting);

        (await wait.Within("the picture")).ShouldBeSameAs(fitting);
        (await _map.WaitForAsync(cluster => cluster.Members.Count == 2, CancellationToken.None).Within("the picture that is there")).ShouldBeSameAs(fitting);
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled()
    {
        using var deadline = new CancellationTokenSource();
        var wait = _map.WaitForAsync(_ => false, deadline.Token);

        await deadline.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(wait.Within("the end of the wait"));
    }

    private static ClusterSnapshot PictureOf(int members)
    {
        var table = new MemberTable(default);
        for (var member = 0; member < members; member++)
        {
            table.Put(new MemberKey("a", member), member, MemberStanding.Up, holdsShards: true);
        }

        return table.Snapshot();
    }
}
