"""The page of an indicator as a reader takes it away: the sentence to copy, the Word document."""

import io

from docx import Document


def test_the_finding_is_copied_and_the_word_document_taken_away(visit):
    visited = visit()
    page = visited.open("/indicateur?indicateur=REV02&territoire=93014&annee=2021")
    title = page.locator("h1").inner_text()
    assert "le plus élevé du département" in title
    page.get_by_role("button", name="Copier dans Word").click()
    visited.wait()
    assert title.replace("\u00a0", " ") in page.locator("[data-testid=stCode]").inner_text().replace("\u00a0", " ")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Document Word").click()
    made = Document(io.BytesIO(taken.value.path().read_bytes()))
    assert title in [paragraph.text for paragraph in made.paragraphs]
    assert visited.errors == []
    assert visited.strangers == []
