namespace Realtime.Tests.EndToEnd;

/// <summary>A message counts as a whole, in however many fragments it comes.</summary>
[Collection(ActorSystems.Name)]
public sealed class FragmentTests(SharedNode node) : IClassFixture<SharedNode>
{
    [Fact]
    public async Task Fragments_of_one_byte_make_a_message_of_the_limit_and_no_larger_one()
    {
        var limit = TestNode.Settings.Connections.Limits.FrameBytes;
        using var client = await StoppedReader.OpenAsync(node.Url, "board:fragments");
        const string Request = """{"type":"unsubscribe","id":2,"channel":"board:none"}""";

        await client.SendFragmentsAsync(Request.PadLeft(limit));
        (await client.ReadFramesAsync()).ShouldHaveSingleItem()["id"]!.GetValue<int>().ShouldBe(2);

        await client.SendFragmentsAsync(Request.PadLeft(limit + 1));
        (await client.ReadCloseAsync()).ShouldBe(1009);
    }
}
