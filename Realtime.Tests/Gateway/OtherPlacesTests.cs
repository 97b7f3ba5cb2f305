using System.Collections.Immutable;
using Realtime.Messages.Ids;
using Realtime.Node.Gateway.Core;

namespace Realtime.Tests.Gateway;

/// <summary>Which other nodes a node names to its clients.</summary>
public sealed class OtherPlacesTests
{
    private const int Most = 8;

    private static readonly ImmutableArray<ClientPlace> All = [.. Enumerable.Range(1, 40).Select(number => Places.Node(number))];

    [Fact]
    public void Of_few_nodes_all_are_named() =>
        OtherPlaces.Named([.. All.Take(Most)], new NodeId("n99"), Most).Select(place => place.Node).ShouldBe(All.Take(Most).Select(place => place.Node), ignoreOrder: true);

    [Fact]
    public void Of_many_nodes_each_is_named_by_some_and_none_by_most()
    {
        var named = All.SelectMany(Named).CountBy(place => place.Node).ToDictionary();

        named.Count.ShouldBe(All.Length);
        named.Values.Max().ShouldBeLessThan(3 * Most, "the clients of all nodes would meet there");
        All.Select(self => string.Join(' ', Named(self).Select(place => place.Node))).Distinct().Count().ShouldBe(All.Length);
        All.ShouldAllBe(self => Named(self).Distinct().Count() == Most && !Named(self).Contains(self));
    }

    [Fact]
    public void A_node_that_goes_changes_one_name()
    {
        var self = All[0];
        var gone = Named(self)[0];

        var after = OtherPlaces.Named(All.Remove(self).Remove(gone), self.Node, Most);

        after.Intersect(Named(self)).Count().ShouldBe(Most - 1);
    }

    private static IReadOnlyList<ClientPlace> Named(ClientPlace self) => [.. OtherPlaces.Named(All.Remove(self), self.Node, Most)];
}
