using System.Buffers.Text;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Tests.Auth;

public sealed class ConnectTicketTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeId Here = new("here");
    private readonly ConnectTickets _tickets = new(new Dictionary<byte, byte[]> { [1] = Key(1), [2] = Key(2) });

    [Fact]
    public void A_ticket_counts_on_its_node_from_its_time_for_a_minute()
    {
        var ticket = _tickets.Issue(Here, Start, 5);

        ticket.Length.ShouldBe(ConnectTickets.TextLength);
        ticket.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_');
        Check(ticket, TimeSpan.Zero).ShouldBe(TicketVerdict.Valid);
        Check(ticket, TimeSpan.FromSeconds(59.9)).ShouldBe(TicketVerdict.Valid);
        Check(ticket, TimeSpan.FromSeconds(60)).ShouldBe(TicketVerdict.Expired);
        Check(ticket, TimeSpan.FromSeconds(-2)).ShouldBe(TicketVerdict.Early);
        Check(ticket, -ConnectTickets.Tolerance).ShouldBe(TicketVerdict.Valid, "two machines' clocks are never quite the same");
    }

    [Fact]
    public void A_ticket_for_another_node_is_none()
    {
        _tickets.Check(_tickets.Issue(new NodeId("there"), Start, 5), Here, Start, out _).ShouldBe(TicketVerdict.Forged);
        _tickets.Check(_tickets.Issue(new NodeId("her"), Start, 5), Here, Start, out _).ShouldBe(TicketVerdict.Forged);
    }

    [Fact]
    public void No_bit_can_be_changed()
    {
        var ticket = Base64Url.DecodeFromChars(_tickets.Issue(Here, Start, 5));
        for (var bit = 0; bit < ticket.Length * 8; bit++)
        {
            ticket[bit / 8] ^= (byte)(1 << (bit % 8));
            _tickets.Check(Base64Url.EncodeToString(ticket), Here, Start, out _).ShouldBe(TicketVerdict.Forged, $"bit {bit}");
            ticket[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("once")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_ticket_is_forged_and_nothing_is_none(string text)
    {
        _tickets.Check(text, Here, Start, out _).ShouldBe(TicketVerdict.Forged);
        _tickets.Check(null, Here, Start, out _).ShouldBe(TicketVerdict.None);
    }

    [Fact]
    public void Whoever_has_the_stores_keys_can_issue_and_check_and_nobody_else()
    {
        var same = new ConnectTickets(new Dictionary<byte, byte[]> { [1] = Key(1), [2] = Key(2) });
        var older = new ConnectTickets(new Dictionary<byte, byte[]> { [1] = Key(1) });
        var other = new ConnectTickets(new Dictionary<byte, byte[]> { [2] = Key(9) });

        same.Check(_tickets.Issue(Here, Start, 1), Here, Start, out _).ShouldBe(TicketVerdict.Valid);
        _tickets.Check(older.Issue(Here, Start, 1), Here, Start, out _).ShouldBe(TicketVerdict.Valid, "the older key still counts");
        _tickets.Check(other.Issue(Here, Start, 1), Here, Start, out _).ShouldBe(TicketVerdict.Forged);
    }

    [Fact]
    public void Two_tickets_of_one_moment_are_two()
    {
        _tickets.Check(_tickets.Issue(Here, Start, 1), Here, Start, out var one);
        _tickets.Check(_tickets.Issue(Here, Start, 2), Here, Start, out var two);
        _tickets.Check(_tickets.Issue(Here, Start, 1), Here, Start, out var again);

        two.ShouldNotBe(one);
        again.ShouldBe(one);
    }

    [Fact]
    public void A_ticket_is_no_resume_token_and_a_resume_token_no_ticket()
    {
        var keys = new Dictionary<byte, byte[]> { [1] = Key(1) };
        var resume = new ResumeTokens(keys);

        resume.TryVerify(_tickets.Issue(Here, Start, 1), out _).ShouldBeFalse();
        _tickets.Check(resume.Issue(new SessionId(3)), Here, Start, out _).ShouldBe(TicketVerdict.Forged);
    }

    private TicketVerdict Check(string ticket, TimeSpan after) => _tickets.Check(ticket, Here, Start + after, out _);

    private static byte[] Key(byte fill) => [.. Enumerable.Repeat(fill, 32)];
}
