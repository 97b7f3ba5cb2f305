using System.Text;
using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Links;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Ids;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

public sealed class InquiryTests : EngineStage
{
    [Fact]
    public async Task Nodes_answer_each_other_and_themselves()
    {
        var (a, b) = await PairAsync((from, question, _) => Answer($"{from} asked {Encoding.UTF8.GetString(question.Span)}"));

        (await AskAsync(a, b.Name, "how are you")).ShouldBe("a asked how are you");
        (await AskAsync(b, a.Name, "and you")).ShouldBe("b asked and you");
        (await AskAsync(a, a.Name, "who am I")).ShouldBe("a asked who am I");
        (await Task.WhenAll(Enumerable.Range(0, 30).Select(i => AskAsync(a, b.Name, $"{i}"))))
            .ShouldBe(Enumerable.Range(0, 30).Select(i => $"a asked {i}"), "each has its own answer");
    }

    [Fact]
    public async Task The_largest_question_and_answer_pass_and_longer_ones_are_refused_with_the_reason()
    {
        var more = 0;
        var (a, b) = await PairAsync((_, question, _) => Task.FromResult<ReadOnlyMemory<byte>>(new byte[question.Length + Volatile.Read(ref more)]));
        var largest = new byte[LinkFrame.Inquiry.MostBytes];

        (await a.Engine.InquireAsync(b.Name, largest, Token).Within("the answer")).Length.ShouldBe(largest.Length);
        Volatile.Write(ref more, 1);
        foreach (var node in (EngineNode[])[a, b])
        {
            (await RefusedAsync(a, node.Name, largest)).ShouldContain("1048577 bytes and 1048576 are allowed");
            (await RefusedAsync(a, node.Name, new byte[largest.Length + 1])).ShouldContain("question of 1048577 bytes is too long");
        }
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_not_waited_for()
    {
        var (a, b) = await PairAsync((_, _, _) => Answer("here"));

        (await UnreachableAsync(a, new NodeId("nobody"))).ShouldContain("not a member");
        Rig.Wires.Cut(a.Name, b.Name);
        (await UnreachableAsync(a, b.Name)).ShouldContain("no link");
        Rig.Wires.Mend(a.Name, b.Name);
        await AnswersAsync(a, b);
        (await AskAsync(a, b.Name, "again")).ShouldBe("here");
    }

    [Fact]
    public async Task A_link_that_is_lost_ends_the_waiting_at_one_end_and_the_work_at_the_other()
    {
        var asked = new TaskCompletionSource();
        var given = new TaskCompletionSource();
        var (a, b) = await PairAsync(async (_, question, cancellation) =>
        {
            if (question.Length > 0)
            {
                asked.SetResult();
                await using var registered = cancellation.Register(given.SetResult);
                await given.Task;
                cancellation.ThrowIfCancellationRequested();
            }

            return default;
        });

        var asking = a.Engine.InquireAsync(b.Name, "wait"u8.ToArray(), Token);
        await asked.Task.Within("b to be asked");
        Rig.Wires.Cut(a.Name, b.Name);

        (await Should.ThrowAsync<NodeUnreachableException>(asking.Within("the loss"))).Message.ShouldContain("lost before it answered");
        await given.Task.Within("b to give up");
    }

    [Fact]
    public async Task A_failure_to_answer_is_told_without_its_details()
    {
        var (a, b) = await PairAsync((_, _, _) => throw new InvalidOperationException("secret"));
        var message = await RefusedAsync(a, b.Name, default);
        message.ShouldContain("Node b has no answer");
        message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Only_so_many_are_under_way_and_one_that_is_given_up_makes_room()
    {
        var go = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        var (a, b) = await PairAsync((_, question, _) => question.Length == 0 ? Answer("") : go.Task);
        using var impatient = new CancellationTokenSource();
        var first = Enumerable.Range(0, 32).Select(_ => a.Engine.InquireAsync(b.Name, "x"u8.ToArray(), impatient.Token)).ToArray();

        (await RefusedAsync(a, b.Name, "x"u8.ToArray())).ShouldContain("32 inquiries to node b are under way");
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Task.WhenAll(first));

        // The asker has room again; whoever answers works on what was given up, and says so.
        (await RefusedAsync(a, b.Name, "x"u8.ToArray())).ShouldContain("it answers 32 inquiries of the same node already");
        go.SetResult("done"u8.ToArray());
        await AnswersAsync(a, b, question: "x");
        (await AskAsync(a, b.Name, "x")).ShouldBe("done");
    }

    [Fact]
    public async Task One_who_has_not_said_that_it_answers_is_not_asked()
    {
        Rig.Wires.Old.Add(new NodeId("b"));
        var nodes = await Rig.JoinAllAsync("a", "b");
        (await UnreachableAsync(nodes[0], nodes[1].Name)).ShouldContain("a version that does not");
        nodes[0].Steering.Links.ShouldBe([new PeerLinkState(nodes[1].Name, true, 0)], "its link stands");
    }

    [Fact]
    public async Task One_without_a_receiver_says_so()
    {
        var nodes = await Rig.JoinAllAsync("a", "b");
        await AnswersAsync(nodes[0], nodes[1], deaf: true);
        (await RefusedAsync(nodes[0], nodes[1].Name, default)).ShouldContain("it answers no inquiries");
        (await RefusedAsync(nodes[0], nodes[0].Name, default)).ShouldContain("it answers no inquiries");
    }

    private static Task<ReadOnlyMemory<byte>> Answer(string text) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(text));

    private static async Task<string> AskAsync(EngineNode node, NodeId other, string question) =>
        Encoding.UTF8.GetString((await node.Engine.InquireAsync(other, Encoding.UTF8.GetBytes(question), Token).Within($"the answer of {other}")).Span);

    private static async Task<string> RefusedAsync(EngineNode node, NodeId other, ReadOnlyMemory<byte> question) =>
        (await Should.ThrowAsync<InquiryRefusedException>(() => node.Engine.InquireAsync(other, question, Token).Within("the refusal"))).Message;

    private static async Task<string> UnreachableAsync(EngineNode node, NodeId other)
    {
        var fault = await Should.ThrowAsync<NodeUnreachableException>(() => node.Engine.InquireAsync(other, default, Token).Within("the refusal"));
        fault.Node.ShouldBe(other);
        return fault.Message;
    }

    private async Task<(EngineNode A, EngineNode B)> PairAsync(Func<NodeId, ReadOnlyMemory<byte>, CancellationToken, Task<ReadOnlyMemory<byte>>> answer)
    {
        var nodes = await Rig.JoinAllAsync("a", "b");
        foreach (var node in nodes)
        {
            node.Engine.Register(new AnsweringMachine((_, _, _) => Answer("ready")));
        }

        await AnswersAsync(nodes[0], nodes[1]);
        await AnswersAsync(nodes[1], nodes[0]);
        foreach (var node in nodes)
        {
            node.Engine.Register(new AnsweringMachine(answer));
        }

        return (nodes[0], nodes[1]);
    }

    /// <summary>Until one has heard that the other answers, and it has room to do so.</summary>
    /// <param name="deaf">A refusal is an answer as well.</param>
    private static async Task AnswersAsync(EngineNode one, EngineNode other, string question = "", bool deaf = false)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await one.Engine.InquireAsync(other.Name, Encoding.UTF8.GetBytes(question), deadline.Token);
                return;
            }
            catch (InquiryRefusedException) when (deaf)
            {
                return;
            }
            catch (Exception refused) when (refused is NodeUnreachableException or InquiryRefusedException)
            {
                deadline.IsCancellationRequested.ShouldBeFalse($"{other.Name} does not answer: {refused.Message}");
                await Task.Yield();
            }
        }
    }
}
