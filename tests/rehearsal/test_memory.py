"""A restarted rehearsal still has its messages."""

from rehearsal.journal import Journal


async def test_phones_and_chats_survive(make_desk, tmp_path):
    path = tmp_path / "rehearsal.jsonl"
    async with make_desk(journal=path) as desk:
        desk.sawt.twiml = "<Response><Message>شكرا</Message></Response>"
        await desk.network.phone("+212600000001").send("1")
        user = desk.network.telegram_user(1000001, "fr", "Amina")
        await user.start(wait=False)
        sent = await desk.bot.send_message(1000001, "سؤال")
        await desk.bot.edit_message_text("سؤال 2", 1000001, sent.message_id)
        waiting = dict(desk.network.bot.updates.pending)
    async with make_desk(journal=path) as desk:
        phone, user = desk.network.phone("+212600000001"), desk.network.telegram_user(1000001)
        assert ([one.text for one in phone.log], phone.last, phone.inbox[0].status) == (
            ["1", "شكرا"],
            "شكرا",
            "delivered",
        )
        assert ([one.text for one in user.log], user.last.edited) == (["/start", "سؤال 2"], True)
        assert (user.profile.language_code, user.profile.first_name) == ("fr", "Amina")
        assert desk.network.bot.updates.pending == waiting
        assert (await desk.bot.send_message(1000001, "3")).message_id == sent.message_id + 1
        await user.send("4", wait=False)
        assert max(desk.network.bot.updates.pending) == max(waiting) + 1


async def test_pending_updates_go_to_the_webhook_again(make_desk, tmp_path):
    path = tmp_path / "rehearsal.jsonl"
    async with make_desk(journal=path) as desk:
        await desk.network.telegram_user(1000001).send("1", wait=False)
        await desk.hook(secret_token="s3cret")
        await desk.network.settled()
        await desk.bot.delete_webhook()
        await desk.network.telegram_user(1000001).send("2", wait=False)
    async with make_desk(journal=path) as desk:
        await desk.hook()
        await desk.network.settled()
        assert [update["message"]["text"] for update in desk.sawt.updates] == ["2"]


async def test_webhook_commands_and_pictures_survive(make_desk, tmp_path):
    path = tmp_path / "rehearsal.jsonl"
    async with make_desk(journal=path) as desk:
        await desk.hook(secret_token="s3cret")
        await desk.bot.set_my_name("Sawt", language_code="fr")
        await desk.network.telegram_user(1000001).start()
        picture = (await desk.bot.send_photo(1000001, b"\x89PNG")).photo[0].file_id
    async with make_desk(journal=path) as desk:
        assert (await desk.bot.get_webhook_info()).url == f"{desk.base}/update"
        assert (await desk.bot.get_my_name("fr")).name == "Sawt"
        assert desk.network.bot.photos == {picture: b"\x89PNG"}
        await desk.network.telegram_user(1000001).send("2")
        assert desk.sawt.secrets == ["s3cret"]


def test_a_line_cut_short_is_passed_over(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(path)
    for number in range(3):
        journal.write("sms", "a", number)
    journal.write("sms", "b", "\ud800")
    journal.close()
    path.write_bytes(path.read_bytes() + b'["sms","c"')
    assert Journal(path).load() == {"sms": {"a": 2, "b": "\ud800"}}
    assert len(path.read_bytes().splitlines()) == 2


def test_without_a_path_nothing_is_kept():
    journal = Journal(None)
    journal.write("sms", "a", 1)
    assert journal.load() == {}
