using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

public sealed class RevocationListTests
{
    private static readonly UserId Alice = new("alice");
    private static readonly SessionId Session = new(5);
    private readonly RevocationList _list = new();

    public RevocationListTests() => _list.MarkRead();

    [Theory]
    [InlineData(999L, true)]
    [InlineData(1_000L, false)]
    [InlineData(1_001L, false)]
    [InlineData(null, true)]
    public void What_was_issued_before_does_not_count(long? issued, bool revoked)
    {
        _list.Add(Alice, 1_000);

        _list.Revokes(Session, new SessionIdentity(Alice, null) { Issued = issued }).ShouldBe(revoked);
        _list.Revokes(Session, new SessionIdentity(new UserId("Alice"), null) { Issued = issued }).ShouldBeFalse("another user");
        _list.Revokes(Session, null).ShouldBeFalse();
    }

    [Fact]
    public void The_latest_entry_of_a_user_counts_in_whatever_order_they_come()
    {
        _list.Add(Alice, 2_000);
        _list.Add(Alice, 1_000);

        _list.Revokes(Session, new SessionIdentity(Alice, null) { Issued = 1_500 }).ShouldBeTrue();
    }

    [Fact]
    public void A_session_is_over_whoever_has_it()
    {
        _list.Add(Session, 1_000);

        _list.Revokes(Session, null).ShouldBeTrue();
        _list.Revokes(Session, new SessionIdentity(Alice, null) { Issued = 9_000 }).ShouldBeTrue();
        _list.Revokes(new SessionId(6), null).ShouldBeFalse();
    }

    [Fact]
    public void What_is_old_is_forgotten()
    {
        _list.Add(Alice, 1_000);
        _list.Add(Session, 2_000);

        _list.Forget(2_000);

        _list.Count.ShouldBe(1);
        _list.Revokes(Session, null).ShouldBeTrue();
    }

    [Fact]
    public void Before_it_was_read_a_user_waits_and_comes_back()
    {
        var list = new RevocationList();

        list.Refusal(Session, new SessionIdentity(Alice, null)).ShouldNotBeNull().Refusal.ShouldBe(ErrorCode.Unavailable);
        list.Refusal(Session, null).ShouldBeNull();
        list.MarkRead();
        list.Refusal(Session, new SessionIdentity(Alice, null)).ShouldBeNull();
    }
}
