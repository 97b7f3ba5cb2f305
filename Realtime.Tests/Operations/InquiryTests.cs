using System.Text;
using Akka.Actor;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Inquiries;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Operations.Records;
using Realtime.Tests.Feeds;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>How members ask each other, with a member that a test plays.</summary>
[Collection(ActorSystems.Name)]
public sealed class InquiryTests : TestKit
{
    private readonly TaskCompletionSource<OperatorReply> _slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OperatorDesk _desk;
    private readonly AuditTrail _audit;
    private byte[] _answer = [];

    public InquiryTests()
        : base(TestHocon.Quiet)
    {
        var routes = new RouteTable(
        [
            new OperatorRoute("GET", "bytes", OperatorRight.View, null, (_, _) => Task.FromResult(new OperatorReply(200, _answer))),
            new OperatorRoute("GET", "slow", OperatorRight.View, null, (_, _) => _slow.Task),
            new OperatorRoute("GET", "outside", OperatorRight.View, (_, _) => Task.FromResult(OperatorReply.Done("outside")), null),
            new OperatorRoute("POST", "do/{what}", OperatorRight.Act, null, (question, _) => Task.FromResult(OperatorReply.Done(question.Arguments[0]))) { Action = "do" },
        ]);
        _audit = new AuditTrail(new NodeId("b"), new EventRing(TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance);
        _desk = new OperatorDesk(routes, _audit, TimeProvider.System, NullLogger<OperatorDesk>.Instance);
        Sys.StartInquiries(new ClusterMap(), _desk);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IActorRef Answering => Sys.ActorSelection($"/user/{NodePlaces.OperatorInquiries}").ResolveOne(TimeSpan.FromSeconds(5), Cancellation).Result;

    [Theory]
    [InlineData(0)]
    [InlineData(InquiryAnswer.MostOfPart)]
    [InlineData(InquiryAnswer.MostOfPart + 1)]
    [InlineData(1_000_003)]
    public async Task An_answer_of_any_length_comes_whole(int length)
    {
        _answer = [.. Enumerable.Range(0, length).Select(i => (byte)(i / 7))];

        var reply = await AskAsync(Question("GET", "bytes"));

        reply.Status.ShouldBe(200);
        reply.Body.ToArray().ShouldBe(_answer);
    }

    [Fact]
    public async Task No_part_comes_near_the_frame()
    {
        _answer = new byte[500_000];
        Answering.Tell(MessageOf("bytes"), TestActor);
        var first = await ExpectMsgAsync<Inquiry.Part>(cancellationToken: Cancellation);
        first.Length.ShouldBe(500_000);
        first.Bytes.Length.ShouldBe(InquiryAnswer.MostOfPart);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), Cancellation);

        Answering.Tell(new Inquiry.Next(first.Ticket, 300_000), TestActor);
        var next = await ExpectMsgAsync<Inquiry.Part>(cancellationToken: Cancellation);
        (next.Offset, next.Bytes.Length, next.Status).ShouldBe((300_000, InquiryAnswer.MostOfPart, 200));
    }

    [Fact]
    public async Task An_answer_that_is_gone_is_unavailable_and_not_waited_for()
    {
        Answering.Tell(new Inquiry.Next(99, 5), TestActor);
        (await ExpectMsgAsync<Inquiry.Part>(cancellationToken: Cancellation)).Status.ShouldBe(503);
    }

    [Fact]
    public async Task Only_so_many_questions_of_one_member_are_under_way()
    {
        for (var i = 0; i < InquiryActor.MostOfOneMember; i++)
        {
            Answering.Tell(MessageOf("slow"), TestActor);
        }

        Answering.Tell(MessageOf("slow"), TestActor);
        (await ExpectMsgAsync<Inquiry.Part>(cancellationToken: Cancellation)).Status.ShouldBe(503, "one more than it answers at a time");

        _slow.SetResult(OperatorReply.Done("at last"));
        for (var i = 0; i < InquiryActor.MostOfOneMember; i++)
        {
            (await ExpectMsgAsync<Inquiry.Part>(cancellationToken: Cancellation)).Status.ShouldBe(200);
        }

        await AwaitAssertAsync(
            async () =>
            {
                Answering.Tell(MessageOf("slow"), TestActor);
                (await ExpectMsgAsync<Inquiry.Part>(cancellationToken: Cancellation)).Status.ShouldBe(200, "what is answered makes room");
            },
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Who_is_no_member_of_the_cluster_is_refused()
    {
        var heard = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stranger = new CallbackRef("stranger", (message, _) => heard.TrySetResult(message), isLocal: false, new Address("akka.tcp", "realtime", "elsewhere", 1));

        Answering.Tell(MessageOf("bytes"), stranger);

        (await heard.Task.Within("an answer")).ShouldBeOfType<Inquiry.Part>().Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_member_that_says_nothing_is_given_up_in_time()
    {
        await Should.ThrowAsync<TimeoutException>(() => AskAsync(Question("GET", "slow"), TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task The_right_is_looked_at_again_where_it_is_done_and_it_is_noted_there()
    {
        (await AskAsync(Question("POST", "do", "this"))).Status.ShouldBe(403);
        (await AskAsync(Question("POST", "do", "this") with { Caller = new OperatorCaller("key (ann)", "10.0.0.1", OperatorRight.Act) })).Status.ShouldBe(200);

        _audit.Newest(10).Select(entry => (entry.Node, entry.Who, entry.From, entry.Action, entry.Target, entry.Outcome)).ShouldBe(
            [("b", "key (ann)", "10.0.0.1", "do", "this", 200), ("b", "view key", "10.0.0.1", "do", "this", 403)]);
    }

    [Fact]
    public async Task What_members_do_not_ask_each_other_is_not_answered() =>
        (await AskAsync(Question("GET", "outside"))).Status.ShouldBe(404);

    [Fact]
    public async Task An_answer_in_parts_that_do_not_belong_together_is_none()
    {
        var member = Sys.ActorOf(Props.Create(() => new Confused(100)), "confused");
        var calls = new InquiryCalls(() => Sys, TimeProvider.System, "confused");

        await Should.ThrowAsync<FormatException>(() => calls.AskAsync(Self(member), Question("GET", "bytes"), TimeSpan.FromSeconds(5), Cancellation));
    }

    [Fact]
    public async Task An_answer_that_says_it_is_longer_than_any_is_not_waited_for()
    {
        const int TooLong = (8 * 1024 * 1024) + 1;
        var member = Sys.ActorOf(Props.Create(() => new Confused(TooLong)), "confused");
        var calls = new InquiryCalls(() => Sys, TimeProvider.System, "confused");

        (await Should.ThrowAsync<FormatException>(() => calls.AskAsync(Self(member), Question("GET", "bytes"), TimeSpan.FromSeconds(5), Cancellation)))
            .Message.ShouldBe("an answer of 8388609 bytes");
    }

    private Task<OperatorReply> AskAsync(OperatorQuestion question, TimeSpan? patience = null) => new InquiryCalls(() => Sys, TimeProvider.System).AskAsync(
        Self(TestActor), question, patience ?? TimeSpan.FromSeconds(5), Cancellation);

    private static MemberKey Self(IActorRef actor) => new(actor.Path.Address.ToString(), 1);

    private static OperatorQuestion Question(string method, params string[] path) =>
        new(method, path, new Dictionary<string, string>(), default, new OperatorCaller("view key", "10.0.0.1", OperatorRight.View));

    private static Inquiry.Question MessageOf(string path) => new("GET", [path], [], default, "key", "10.0.0.1", MayAct: false);

    /// <summary>Gives the same part again and again.</summary>
    private sealed class Confused : ReceiveActor
    {
        public Confused(int length) => ReceiveAny(_ => Sender.Tell(new Inquiry.Part(200, null, 1, length, 0, new Payload(Encoding.UTF8.GetBytes("{}")))));
    }
}
