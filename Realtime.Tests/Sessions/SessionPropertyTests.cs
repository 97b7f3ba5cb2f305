using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Sessions;

public sealed class SessionPropertyTests
{
    [Fact]
    public void Whatever_happens_an_attachment_is_told_what_was_asked_for_and_after_a_loss_what_was_committed() =>
        Prop.ForAll(SessionCommand.Sequences(), commands =>
            {
                new SessionHistory().Run(commands);
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(120).WithQuietOnSuccess(true));
}
