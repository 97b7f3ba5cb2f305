using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Sessions;

public sealed class SessionPropertyTests
{
    [Fact]
    public void Whatever_happens_one_connection_holds_the_session_and_what_was_confirmed_stays() =>
        Prop.ForAll(SessionCommand.Sequences(), commands =>
            {
                new SessionHistory().Run(commands);
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(120).WithQuietOnSuccess(true));
}
